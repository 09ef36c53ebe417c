using System.Globalization;

namespace Aspire.Hosting.Processes.Running;

/// <summary>A user of this machine, as /etc/passwd knows it.</summary>
internal sealed record UserIdentity(string Name, int UserId, int GroupId)
{
    public static UserIdentity? Find(string name) => File.ReadLines("/etc/passwd")
        .Select(line => line.Split(':'))
        .Where(fields => fields.Length > 3 && fields[0] == name)
        .Select(fields => new UserIdentity(name, Number(fields[2]), Number(fields[3])))
        .FirstOrDefault();

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
