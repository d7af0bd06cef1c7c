"""What a call is, and how it is executed. Nothing here knows an HTTP library."""
