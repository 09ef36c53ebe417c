namespace Amqp.Sasl;

/// <summary>How an authentication ended (5.3.3.6).</summary>
public enum SaslCode
{
    /// <summary>It succeeded.</summary>
    Ok,

    /// <summary>The credentials are wrong.</summary>
    Auth,

    /// <summary>The peer failed.</summary>
    Sys,

    /// <summary>The peer failed and will not recover by itself.</summary>
    SysPerm,

    /// <summary>The peer failed and may recover.</summary>
    SysTemp,
}
