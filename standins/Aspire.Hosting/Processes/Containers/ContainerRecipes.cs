using Aspire.Hosting.Processes.Brokers;
using Aspire.Hosting.Processes.Postgres;
using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Processes.Containers;

/// <summary>The images that run here.</summary>
internal static class ContainerRecipes
{
    public static void AddTo(IServiceCollection services, string solutionFolder)
    {
        var tools = Path.Combine(solutionFolder, "artifacts", "tools");
        services.AddSingleton(_ => new PostgresPrograms(tools));
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<PostgresCluster>();
        services.AddSingleton<IContainerRecipe, PostgresRecipe>();
        services.AddSingleton(_ => new ArtemisPrograms(tools));
        services.AddSingleton<ArtemisBroker>();
        services.AddSingleton<RabbitMqBroker>();
        services.AddSingleton<IContainerRecipe, ArtemisRecipe>();
    }
}
