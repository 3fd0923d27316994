"""The command line ``./urbangrid``: bootstrap, private database, supervisor and the small commands around them."""
