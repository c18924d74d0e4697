"""Reports as Word documents, laid out by GB/T 9704."""
