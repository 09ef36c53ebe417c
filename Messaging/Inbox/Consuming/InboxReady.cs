namespace Messaging.Inbox.Consuming;

/// <summary>Tells when the tables are there.</summary>
internal sealed record InboxReady(Task Completed);
