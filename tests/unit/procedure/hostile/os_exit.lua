-- Ending the server.
os.exit(0)
