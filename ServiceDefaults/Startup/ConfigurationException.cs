namespace ServiceDefaults.Startup;

/// <summary>Something the user configured, or did not, keeps the service from starting; the message says what to do.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
