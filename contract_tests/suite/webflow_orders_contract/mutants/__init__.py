"""How much the suite notices: each defect of the mock by itself, and the healthy one."""
