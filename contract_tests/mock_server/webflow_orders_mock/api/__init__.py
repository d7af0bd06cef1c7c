"""What Webflow's API does with a request."""
