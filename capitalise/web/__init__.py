"""What is asked of machines that are no wikis: links, pads, published sheets, a watchdog. One guarded fetcher."""
