using System;
using System.IO;
using System.IO.Compression;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>300 MB of zeros in formats that nothing here writes.</summary>
internal static class BombsOfOthers
{
    /// <summary><c>bzip2 -9</c>.</summary>
    public const string Bzip2 =
        "QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kO" +
        "CeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAA" +
        "CCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWXcjn6wAvHRAIMAAEAAACCAAMMwJqmmq" +
        "QqC2pSFQXi7kinChIQEEDIg=";

    /// <summary><c>xz -1</c>, whose result is itself compressible, by zlib.</summary>
    public const string XzInZlib =
        "eNrt0E1I03EAxvHfbPZCs21UpIFWWLmUnF6KWiqMmIYs0EE6Xa7ABMOallqEODMcY1TT0hAPeRhl+ZIppREli7QQWSRhmJClqTEQ" +
        "iSLc0PGPOncJukTf5/zAFz6hvRdy84SQz719YAgT22QqIcSd0qsOSVLLSo4KYQtJkqdfSk/N2Hhm3/GsR9c0cx7HquDCTEztG+3Q" +
        "/gOyzJ7qYZfLqPVEvLPf/nQ5Vm36aI4cqnBNnwv0NdoVJ72T5YcKp/0WU698fPGgosMaccrgn31e6ey/kdPZZ5wqjrYtZTpVJfoR" +
        "Z5pFuF8f7t6paSzbkuLePlV6sy3WOq8ZqRttanZVxzd8jatYjPKubDY2h8a7x+qVgztMge8Ne5LDb91fsD0rNaYrRhvU7V3Hoh+/" +
        "6omLtJgd/qLs3AF/Zad5ZjY/fHXw5UTX8lJ2QrkvJn+rPvjelBLYVbhGVzMSX/Lhoe7L4NNEa7syNbNIX79+naS6Hig7bw6s9UlN" +
        "GoPy7nLV5FJLUuIRr7vu26WL3hN/Of0kI24ut1VSyRLE/FlTW2jgXlXy5tb+K8mn/x+DP0tnKdN6AQMMMMAAAwwwwAADDDDAAAMM" +
        "MMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMM" +
        "MMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMM" +
        "MMAAAwwwwAADDDDAAAMMMMAAAwwwwAADDDDAAAMMMMAAAwwwwAAD7J8Dq9XYRdTvwAqGfcXi1wwF7s+m4O4cIRsbC6t54XDLhGjx" +
        "aic2bNIlrfh5kJvzfgDSXCXU";

    public static byte[] Decode(string bomb)
    {
        var bytes = Convert.FromBase64String(bomb);
        if (bomb != XzInZlib)
        {
            return bytes;
        }

        using var plain = new MemoryStream();
        using var zlib = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        zlib.CopyTo(plain);
        return plain.ToArray();
    }
}
