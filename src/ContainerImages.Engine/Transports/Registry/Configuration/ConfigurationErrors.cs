using System;
using System.IO;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>Errors about configuration files: file, line and key, and never what stands there of a secret.</summary>
internal static class ConfigurationErrors
{
    /// <param name="file">The file's path.</param>
    /// <param name="line">Counted from 1; 0 for the file as a whole.</param>
    /// <param name="sentence">What is wrong, with the key in quotes.</param>
    /// <param name="inner">The cause, or null.</param>
    public static ContainerImageException Invalid(string file, int line, string sentence, Exception? inner = null) =>
        new(ImageError.InvalidConfiguration, $"{At(file, line)}: {sentence}.", inner);

    public static ContainerImageException Unreadable(string file, Exception cause) =>
        new(ImageError.InvalidConfiguration, $"The configuration file {QuotedText.Quote(file)} cannot be read: {cause.Message}", cause);

    /// <summary>How messages say a place.</summary>
    public static string At(string file, int line) => line == 0
        ? $"The configuration file {QuotedText.Quote(file)}"
        : $"The configuration file {QuotedText.Quote(file)}, line {line}";

    /// <summary>A file's bytes; null if it is not there.</summary>
    /// <exception cref="ContainerImageException">InvalidConfiguration: it cannot be read, or is too large to be meant.</exception>
    public static byte[]? ReadFile(string path)
    {
        try
        {
            if (System.IO.Directory.Exists(path))
            {
                throw Invalid(path, 0, "it is a folder");
            }

            // Not by its length: it may be a pipe, or grow.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (var count = file.Read(buffer, 0, buffer.Length); count > 0; count = file.Read(buffer, 0, buffer.Length))
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > Limits.ConfigurationFile)
                {
                    throw Invalid(path, 0, $"it has more than {Limits.ConfigurationFile} bytes");
                }
            }

            return bytes.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Unreadable(path, e);
        }
    }
}
