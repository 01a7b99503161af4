"""The opened workspace: its wikis and sheets, planning, running, undoing. What the command line shows."""
