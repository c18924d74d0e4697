"""A live session: facts come and go, time moves, and only what a change can touch is judged again."""
