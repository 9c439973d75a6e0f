using System.Globalization;
using ContainerImages.Benchmarks.Measurements;

namespace ContainerImages.Benchmarks.Reporting;

/// <summary>Numbers as the table shows them.</summary>
internal static class Quantity
{
    public const string Missing = "-";

    public static string Show(double? value, Unit unit) => (value, unit) switch
    {
        (null, _) => Missing,
        ({ } bytes, Unit.Bytes) => Text($"{bytes / 1e6:0.0} MB"),
        ({ } seconds and >= 0.9995, _) => Text($"{seconds:0.00} s"),
        ({ } seconds, _) => Text($"{seconds * 1000:0.0} ms"),
    };

    public static string ShowRatio(double? value) => value is { } ratio ? Text($"{ratio:0.0#}x") : Missing;

    public static string ShowAnswer(bool? answer) => answer switch
    {
        true => "yes",
        false => "NO",
        null => Missing,
    };

    private static string Text(System.FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
