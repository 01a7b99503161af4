"""Plans decided by people: change by change in a browser, on a page that is mailed, at the terminal. Nothing here writes to a wiki or a sheet but
by the workspace's own `apply`."""
