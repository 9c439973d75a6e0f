using System.Management.Automation;
using System.Reflection;

namespace ContainerImages.Internal;

/// <summary>
/// The colours of <c>$PSStyle</c>, which PowerShell has since 7.2. Taking them away again, where the output is redirected or
/// the user wants none (<c>NO_COLOR</c>, <c>$PSStyle.OutputRendering</c>), is its part; one that has no $PSStyle would not,
/// and gets none.
/// </summary>
internal static class HostStyle
{
    private static readonly object? s_style = typeof(PSObject).Assembly.GetType("System.Management.Automation.PSStyle")
        ?.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);

    public static string Error(string text) => Paint(text, nameof(Error));

    public static string Warning(string text) => Paint(text, nameof(Warning));

    private static string Paint(string text, string kind)
    {
        var formatting = s_style?.GetType().GetProperty("Formatting")?.GetValue(s_style);
        var colour = formatting?.GetType().GetProperty(kind)?.GetValue(formatting) as string;
        return string.IsNullOrEmpty(colour) || text.Length == 0 ? text : colour + text + "\u001b[0m";
    }
}
