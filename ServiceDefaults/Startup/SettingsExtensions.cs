namespace ServiceDefaults.Startup;

public static class SettingsExtensions
{
    /// <summary>
    /// Binds an option class to a section of the configuration. A value that cannot be used ends the service at start, with one sentence
    /// that names the setting and says what it may be.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="section">The section, for example <c>Outbox</c>.</param>
    /// <param name="name">The name of the options, if a service has several of this class.</param>
    /// <param name="defaults">Sets defaults that the class does not know.</param>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(
        this WebApplicationBuilder builder, string section, string? name = null, Action<TOptions>? defaults = null)
        where TOptions : class
    {
        var settings = new Settings<TOptions>(builder.Configuration.GetSection(section), name ?? Options.DefaultName);
        builder.Services.AddSingleton<ISettings>(settings);
        builder.Services.AddSingleton<IValidateOptions<TOptions>>(settings);
        return builder.Services.AddOptions<TOptions>(name)
            .Configure(options => defaults?.Invoke(options))
            .Configure(_ => settings.ThrowIfUnreadable())
            .BindConfiguration(section)
            .ValidateOnStart();
    }
}
