namespace ContainerImages.Internal;

/// <summary>Where Get-Help -Online leads.</summary>
internal static class HelpLinks
{
    public const string Base = "https://github.com/ContainerImages/ContainerImages/blob/main/en-US/";
}
