"""What `benchmarks.crosslinks` needs: a made-up world of pages whose damage is known, and links that were judged by hand."""
