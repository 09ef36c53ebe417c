namespace Aspire.Hosting.ApplicationModel;

/// <param name="LineNumber">The number of the line, from 1.</param>
/// <param name="Content">The time in UTC, a space, and the line itself.</param>
/// <param name="IsErrorMessage">Whether the line came from standard error.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
