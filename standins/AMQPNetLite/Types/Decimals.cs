using System.Numerics;

namespace Amqp.Types;

/// <summary>
/// IEEE 754-2008 decimals in their binary integer encoding (1.6.13 to 1.6.15): a sign, a biased exponent of ten, a coefficient. They are
/// read, so that no message is refused because of one; a <see cref="decimal"/> that is sent travels as a decimal128.
/// </summary>
internal static class Decimals
{
    private const int Bias32 = 101;
    private const int Bias64 = 398;
    private const int Bias128 = 6176;

    private static readonly BigInteger Largest = (BigInteger)decimal.MaxValue;

    public static object Read32(uint bits)
    {
        // With 11 as the first bits of the combination, the exponent starts two bits later and the coefficient begins with 100 (binary).
        var large = (bits & 0x6000_0000) == 0x6000_0000;
        var exponent = (int)(large ? bits >> 21 : bits >> 23) & 0xFF;
        var coefficient = large ? (bits & 0x001F_FFFF) | 0x0080_0000 : bits & 0x007F_FFFF;
        return Make(bits >> 31 != 0, Special(bits >> 26), exponent - Bias32, coefficient);
    }

    public static object Read64(ulong bits)
    {
        var large = (bits & 0x6000_0000_0000_0000) == 0x6000_0000_0000_0000;
        var exponent = (int)(large ? bits >> 51 : bits >> 53) & 0x3FF;
        var coefficient = large ? (bits & 0x0007_FFFF_FFFF_FFFF) | 0x0020_0000_0000_0000 : bits & 0x001F_FFFF_FFFF_FFFF;
        return Make(bits >> 63 != 0, Special((uint)(bits >> 58)), exponent - Bias64, coefficient);
    }

    public static object Read128(ulong high, ulong low)
    {
        // A large coefficient would be more than 34 digits: not canonical, and then the value is zero.
        var large = (high & 0x6000_0000_0000_0000) == 0x6000_0000_0000_0000;
        var exponent = (int)(large ? high >> 47 : high >> 49) & 0x3FFF;
        var coefficient = large ? BigInteger.Zero : (new BigInteger(high & 0x0001_FFFF_FFFF_FFFF) << 64) | low;
        return Make(high >> 63 != 0, Special((uint)(high >> 58)), exponent - Bias128, coefficient);
    }

    public static (ulong High, ulong Low) Write128(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var scale = (parts[3] >> 16) & 0xFF;
        var high = (ulong)(Bias128 - scale) << 49 | (uint)parts[2];
        return (parts[3] < 0 ? high | 1UL << 63 : high, (ulong)(uint)parts[1] << 32 | (uint)parts[0]);
    }

    private static double? Special(uint combination) => (combination & 0b11111) switch
    {
        0b11110 => double.PositiveInfinity,
        0b11111 => double.NaN,
        _ => null,
    };

    /// <summary>
    /// A <see cref="decimal"/> where the value is one, else the nearest double: infinities, NaN and what is out of range.
    /// </summary>
    private static object Make(bool negative, double? special, int exponent, BigInteger coefficient)
    {
        if (special is { } notFinite)
        {
            return negative ? -notFinite : notFinite;
        }

        while (exponent < 0 && !coefficient.IsZero && (exponent < -28 || coefficient > Largest) && (coefficient % 10).IsZero)
        {
            coefficient /= 10;
            exponent++;
        }

        while (exponent > 0 && !coefficient.IsZero && coefficient < Largest)
        {
            coefficient *= 10;
            exponent--;
        }

        if (coefficient.IsZero)
        {
            return new decimal(0, 0, 0, negative, (byte)Math.Clamp(-exponent, 0, 28));
        }

        if (exponent is > 0 or < -28 || coefficient > Largest)
        {
            var approximate = (double)coefficient * Math.Pow(10, exponent);
            return negative ? -approximate : approximate;
        }

        var bits = (UInt128)coefficient;
        return new decimal((int)(uint)bits, (int)(uint)(bits >> 32), (int)(uint)(bits >> 64), negative, (byte)-exponent);
    }
}
