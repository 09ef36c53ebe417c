namespace Aspire.Hosting.ApplicationModel;

/// <summary>The page on which a room of people sees a message's whole way. It runs inside the AppHost.</summary>
public sealed class WorkshopResource(string name) : Resource(name);
