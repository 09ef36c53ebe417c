using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value is set in the configuration, as <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name, @default => Configured(builder, name) ?? @default?.GetDefaultValue() ?? throw Missing(name), secret));

    /// <summary>Adds a parameter with a value that the configuration may override.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string value,
        bool publishValueAsDefault = false,
        bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <inheritdoc cref="AddParameter(IDistributedApplicationBuilder, string, string, bool, bool)" />
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        Func<string> valueGetter,
        bool publishValueAsDefault = false,
        bool secret = false)
    {
        _ = publishValueAsDefault;
        return builder.AddResource(new ParameterResource(name, _ => Configured(builder, name) ?? valueGetter(), secret));
    }

    /// <summary>Adds a parameter whose value is generated if nobody has set it, and kept in the user secrets if it is to persist.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(Defaulted(builder, name, value, secret, persist));

    /// <summary>Adds a connection string that is set in the configuration, as <c>ConnectionStrings:{name}</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConfiguredConnectionString(name, environmentVariableName, builder.Configuration));

    /// <summary>A password: generated, secret, and kept in the user secrets.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder,
        string name,
        bool lower = true,
        bool upper = true,
        bool numeric = true,
        bool special = true,
        int minLower = 0,
        int minUpper = 0,
        int minNumeric = 0,
        int minSpecial = 0)
    {
        var generated = new GenerateParameterDefault
        {
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        };
        return Defaulted(builder, name, generated, secret: true, persist: true);
    }

    private static ParameterResource Defaulted(
        IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret, bool persist)
    {
        var secrets = persist && builder.ExecutionContext.IsRunMode ? UserSecretsFile.Of(builder.AppHostAssembly) : null;
        return new ParameterResource(
            name,
            @default => Configured(builder, name) ?? secrets?.GetOrAdd(Key(name), @default!.GetDefaultValue) ?? @default!.GetDefaultValue(),
            secret)
        {
            Default = value,
        };
    }

    private static string Key(string name) => $"Parameters:{name}";

    private static string? Configured(IDistributedApplicationBuilder builder, string name) => builder.Configuration[Key(name)];

    private static MissingParameterValueException Missing(string name) => new(
        $"The parameter '{name}' has no value: set it as Parameters:{name} in the AppHost's configuration, for example with "
        + $"--Parameters:{name}=… on the command line.");

    private sealed class ConfiguredConnectionString(string name, string? environmentVariableName, IConfiguration configuration)
        : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport, IResourceWithoutLifetime
    {
        public string? ConnectionStringEnvironmentVariable { get; } = environmentVariableName;

        public ReferenceExpression ConnectionStringExpression
        {
            get
            {
                var expression = new ReferenceExpressionBuilder();
                expression.AppendLiteral(configuration.GetConnectionString(Name) ?? throw new MissingParameterValueException(
                    $"The connection string '{Name}' has no value: set it as ConnectionStrings:{Name} in the AppHost's configuration."));
                return expression.Build();
            }
        }
    }
}
