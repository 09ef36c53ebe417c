namespace ServiceDefaults.Startup;

/// <summary>A setting that keeps the service from starting. The message says what to do.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
