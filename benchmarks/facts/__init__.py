"""What facts are worth: figures with n and Wilson intervals on the seeds' gold, on facts marked by hand, and on a public suite."""
