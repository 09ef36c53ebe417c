using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Containers;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Brokers;

/// <summary>Runs Apache Artemis, with its instance and journal in the volume.</summary>
internal sealed class ArtemisBroker(ToolRunner tools, ProcessStarter processes)
{
    // A demo's broker: Artemis itself would take 512 MB at once and up to 2 GB. The second compiler waits for what is hot at work (ten times its
    // thresholds): a quarter of what the start took was spent on what only the start needs.
    private const string JavaArguments =
        "-XX:AutoBoxCacheMax=20000 -XX:+UseSerialGC -Xms128M -Xmx768M -Dlog4j2.disableJmx=true --add-opens java.base/jdk.internal.misc=ALL-UNNAMED "
        + "-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000";

    public async Task<RunningResource> StartAsync(
        ArtemisInstallation programs, ContainerRun run, BrokerCredentials credentials, CancellationToken cancellationToken)
    {
        var instance = new ArtemisInstance(Path.Combine(run.DataFolder, "instance"));
        if (!instance.IsCreatedBy(programs))
        {
            await CreateAsync(programs, instance, run.Log, cancellationToken);
        }

        var port = run.Port(ArtemisRecipe.AmqpPort);
        instance.Configure(port, credentials);
        // The script replaces itself with Java, so signals reach the broker.
        var broker = processes.Start(
            new ProcessSpec
            {
                FileName = instance.Launcher,
                Arguments = ["run", .. run.Arguments],
                WorkingDirectory = instance.Folder,
                Environment = Environment(programs),
            },
            run.Log);

        return new RunningResource
        {
            Main = broker,
            Properties =
            [
                new(KnownProperties.Program, $"Apache Artemis {programs.Version} ({programs.Home})"),
                new(KnownProperties.DataFolder, instance.Folder),
                new(KnownProperties.Process, broker.Id),
            ],
        };
    }

    private async Task CreateAsync(ArtemisInstallation programs, ArtemisInstance instance, ResourceLog log, CancellationToken cancellationToken)
    {
        await tools.RunAsync(
            new ProcessSpec
            {
                FileName = programs.Tool,
                // --force writes the configuration anew and leaves the journal. User and password come later, not over the command line.
                Arguments =
                [
                    "create", instance.Folder, "--user", "unused", "--password", "unused", "--require-login", "--no-web", "--silent",
                    "--no-autotune", "--nio", "--force",
                ],
                WorkingDirectory = programs.Home,
                Environment = Environment(programs),
            },
            "Creating the Artemis instance",
            log,
            cancellationToken);
        instance.MarkCreatedBy(programs);
    }

    private static Dictionary<string, string> Environment(ArtemisInstallation programs)
    {
        var environment = InheritedEnvironment.Get();
        // What the user has set for another instance is not for this one.
        foreach (var name in environment.Keys.Where(name => name.StartsWith("ARTEMIS_", StringComparison.Ordinal)).ToArray())
        {
            environment.Remove(name);
        }

        environment["JAVACMD"] = programs.Java;
        environment["JAVA_ARGS"] = JavaArguments;
        return environment;
    }
}
