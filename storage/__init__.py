"""Tables, repositories, the unit of work, encryption, inbox and outbox."""
