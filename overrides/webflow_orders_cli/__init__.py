"""`webflow-orders`, the command: `pip install 'webflow-orders[cli]'`. Made of public names of the package alone."""
