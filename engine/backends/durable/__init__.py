"""The back end over durable-rules, an extra: our language compiled to the subset that it runs safely, in a process of its own."""
