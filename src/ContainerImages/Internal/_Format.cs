using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text.RegularExpressions;

namespace ContainerImages.Internal;

#pragma warning disable CA1707 // The underscore says that this is nobody's interface; it is public for the views to call.
/// <summary>
/// The human text of ContainerImages.Format.ps1xml. Items come as PSObject, so that what was deserialized looks the same.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class _Format
#pragma warning restore CA1707
{
    private const string Unknown = "?";
    private const string ShellNop = "/bin/sh -c #(nop) ";
    private const int ShortIdLength = 12;
    private const int MostNames = 4;
    private const int MostIndent = 16;
    private const int LeastScreen = 80;

    // Severity, Kind and the spaces after them; some hosts leave the last column of the screen free.
    private const int BesideMessage = 8 + 1 + 15 + 1 + 1;

    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Bytes as <c>117.2 MB</c>, decimal as docker has it; <c>?</c> where they are not known.</summary>
    /// <param name="bytes">The number of bytes.</param>
    public static string Size(long? bytes)
    {
        if (bytes is not { } value)
        {
            return Unknown;
        }

        var unit = 0;
        double amount = value;

        // What would be rounded to 1000.0 is 1.0 of the next.
        while (amount >= (unit == 0 ? 1000 : 999.95) && unit < Units.Length - 1)
        {
            amount /= 1000;
            unit++;
        }

        return amount.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>How long ago something was, in docker's words; <c>?</c> where it is not known.</summary>
    /// <param name="date">When it was.</param>
    public static string Age(DateTimeOffset? date) => Age(date, DateTimeOffset.UtcNow);

    /// <summary>How long before a moment something was, in docker's words; <c>?</c> where it is not known.</summary>
    /// <param name="date">When it was.</param>
    /// <param name="now">The moment.</param>
    public static string Age(DateTimeOffset? date, DateTimeOffset now) => date is { } value ? Ago(now - value) + " ago" : Unknown;

    /// <summary>The age of an item, in words that fit a column of 14.</summary>
    /// <param name="item">An object with a <c>Created</c>.</param>
    public static string Created(PSObject item) =>
        Age(CreationDate(item)).Replace("Less than a ", "1 ").Replace("About a ", "1 ").Replace("About an ", "1 ");

    /// <summary>The date of an item, and its age; <c>?</c> where it is not known.</summary>
    /// <param name="item">An object with a <c>Created</c>.</param>
    public static string CreatedExactly(PSObject item) => CreationDate(item) is { } date
        ? Date(date) + $" ({Age(date)})"
        : Unknown;

    /// <summary>A number of bytes as <see cref="Size(long?)"/> has it; empty where it is not known.</summary>
    /// <param name="item">The object.</param>
    /// <param name="property">The property's name.</param>
    public static string Bytes(PSObject item, string property) =>
        LanguagePrimitives.TryConvertTo<long?>(Read(item, property), out var bytes) && bytes is not null ? Size(bytes) : "";

    /// <summary>A date as it is, whatever the session's culture; empty where there is none.</summary>
    /// <param name="item">The object.</param>
    /// <param name="property">The property's name.</param>
    public static string Date(PSObject item, string property) => DateOf(item, property) is { } date ? Date(date) : "";

    /// <summary>How bad a finding is, in the colour that the session has for errors or for warnings.</summary>
    /// <param name="finding">An object with a <c>Severity</c>.</param>
    public static string Severity(PSObject finding) => Text(finding, nameof(VerificationFinding.Severity)) is var severity && severity == "Error"
        ? HostStyle.Error(severity)
        : HostStyle.Warning(severity);

    /// <summary>
    /// What a finding says and whether it was mended, with its digests cut to 12 digits, in lines that end between words:
    /// PowerShell ends them there in some languages only.
    /// </summary>
    /// <param name="finding">An object with a <c>Message</c>.</param>
    /// <param name="host">The host, for the width of its screen.</param>
    public static string Message(PSObject finding, PSHost? host)
    {
        var text = Regex.Replace(Text(finding, nameof(VerificationFinding.Message)), "sha[0-9]+:([0-9a-f]{12})[0-9a-f]+", "$1")
            + (Text(finding, nameof(VerificationFinding.Repaired)) == bool.TrueString ? " It was mended." : "");
        var width = ScreenWidth(host) - BesideMessage;
        return Lines(Regex.Matches(text, @"\S.{0," + (width - 1) + @"}(?=\s|$)|\S{" + width + "}").Cast<Match>().Select(line => line.Value.TrimEnd()));
    }

    /// <summary>A date as it is, whatever the session's culture.</summary>
    /// <param name="date">The date.</param>
    public static string Date(DateTimeOffset date) => date.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>When a lease ends, or how long ago it has; empty for one without an end.</summary>
    /// <param name="lease">An object with an <c>Until</c>.</param>
    public static string Until(PSObject lease)
    {
        var (end, now) = (DateOf(lease, nameof(ImageLease.Until)), DateTimeOffset.UtcNow);
        return end <= now ? HostStyle.Warning(Until(end, now)) : Until(end, now);
    }

    /// <summary>When a lease ends as seen from a moment, or how long ago it has; empty for one without an end.</summary>
    /// <param name="date">When it ends.</param>
    /// <param name="now">The moment.</param>
    public static string Until(DateTimeOffset? date, DateTimeOffset now) =>
        date is not { } end ? "" : end > now ? "in " + Ago(end - now).ToLowerInvariant() : $"ended {Ago(now - end).ToLowerInvariant()} ago";

    /// <summary>The first 12 digits of an ID or a digest; what is neither, such as <c>&lt;missing&gt;</c>, as it is.</summary>
    /// <param name="id">The ID or digest.</param>
    public static string ShortId(string? id)
    {
        var hex = id is null ? "" : id.Substring(id.IndexOf(':') + 1);
        return hex.Length > ShortIdLength ? hex.Substring(0, ShortIdLength) : hex;
    }

    /// <summary>The familiar names of an image, one per line; those that were asked for first.</summary>
    /// <param name="image">An image.</param>
    public static string Names(PSObject image)
    {
        var names = Texts(image, nameof(ContainerImage.MatchedNames)).Concat(Texts(image, nameof(ContainerImage.Names))).Distinct();
        var depth = Read(image, nameof(ContainerImage.Depth)) is int levels and > 0 ? Math.Min(2 * levels, MostIndent) : 0;
        var indent = new string(' ', depth);
        return Lines(Shortened(names).DefaultIfEmpty("<none>").Select(line => indent + line));
    }

    /// <summary>The familiar names in a property, one per line.</summary>
    /// <param name="item">The object.</param>
    /// <param name="property">The property's name.</param>
    public static string Names(PSObject item, string property) => Lines(Shortened(Texts(item, property)));

    /// <summary>The platform of an image, and how many others of it are in the store: <c>linux/amd64 +1</c>.</summary>
    /// <param name="image">An image.</param>
    public static string Platform(PSObject image)
    {
        var platform = Text(image, nameof(ContainerImage.Platform));
        var others = Texts(image, nameof(ContainerImage.PresentPlatforms)).Distinct().Count(present => present != platform);
        return others == 0 ? platform : $"{platform} +{others}";
    }

    /// <summary>A command of an image's history in one line, without what docker writes before each instruction.</summary>
    /// <param name="command">The command.</param>
    public static string CreatedBy(string? command)
    {
        var text = command ?? "";
        text = text.StartsWith(ShellNop, StringComparison.Ordinal) ? text.Substring(ShellNop.Length) : text;
        return Regex.Replace(text, @"\s+", " ").Trim();
    }

    /// <summary>
    /// Any property, lists and maps one entry per line; <c>?</c> where it cannot be read, as with a damaged image.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="property">The property's name.</param>
    public static string Text(PSObject item, string property) => Read(item, property) switch
    {
        null => "",
        string text => text,
        IDictionary map => Lines(map.Keys.Cast<object>().Select(key => $"{key}={map[key]}")),
        IEnumerable<KeyValuePair<string, string>> map => Lines(map.Select(pair => $"{pair.Key}={pair.Value}")),
        IEnumerable list => Lines(list.Cast<object?>().Select(Invariant)),
        var value => Invariant(value),
    };

    // The words and limits of HumanDuration in github.com/docker/go-units.
    private static string Ago(TimeSpan span)
    {
        var hours = (long)(span.TotalHours + 0.5);
        return span switch
        {
            { TotalSeconds: < 1 } => "Less than a second",
            { TotalSeconds: < 2 } => "1 second",
            { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} seconds",
            { TotalMinutes: < 2 } => "About a minute",
            { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} minutes",
            _ when hours == 1 => "About an hour",
            _ when hours < 48 => $"{hours} hours",
            _ when hours < 24 * 7 * 2 => $"{hours / 24} days",
            _ when hours < 24 * 30 * 2 => $"{hours / 24 / 7} weeks",
            _ when hours < 24 * 365 * 2 => $"{hours / 24 / 30} months",
            _ => $"{(long)span.TotalHours / 24 / 365} years",
        };
    }

    private static DateTimeOffset? CreationDate(PSObject item) => DateOf(item, nameof(ContainerImage.Created));

    private static DateTimeOffset? DateOf(PSObject item, string property) => Read(item, property) switch
    {
        DateTimeOffset date => date,
        DateTime date => new DateTimeOffset(date),
        { } other when DateTimeOffset.TryParse(
            Invariant(other), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) => date,
        _ => null,
    };

    private static IEnumerable<string> Texts(PSObject item, string property) => Read(item, property) switch
    {
        null or string { Length: 0 } => [],
        string text => [text],
        IEnumerable list => list.Cast<object?>().Select(Invariant),
        var value => [Invariant(value)],
    };

    private static object? Read(PSObject item, string property)
    {
        try
        {
            // A bag of properties stays what it is: it knows the text of what it was made from.
            return item.Properties[property]?.Value switch
            {
                PSObject { BaseObject: not PSCustomObject } value => value.BaseObject,
                var value => value,
            };
        }
        catch (GetValueException)
        {
            return Unknown;
        }
    }

    private static IEnumerable<string> Shortened(IEnumerable<string> names)
    {
        var lines = names.Select(Titles.Familiar).ToList();
        return lines.Count > MostNames ? lines.Take(MostNames).Append($"+{lines.Count - MostNames} more") : lines;
    }

    private static int ScreenWidth(PSHost? host)
    {
        try
        {
            return Math.Max(host?.UI?.RawUI?.BufferSize.Width ?? 0, LeastScreen);
        }
        catch (Exception e) when (e is HostException or NotImplementedException or NotSupportedException or InvalidOperationException)
        {
            // A job, or a service, has no screen.
            return LeastScreen;
        }
    }

    private static string Lines(IEnumerable<string> lines) => string.Join("\n", lines);

    private static string Invariant(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
