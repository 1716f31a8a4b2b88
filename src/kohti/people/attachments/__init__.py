"""Papers of a person: kept, read and ended. What a file may be is said in `kernel.attachments`."""
