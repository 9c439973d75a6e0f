using System.IO;
using ContainerImages.Store;

namespace ContainerImages.Fuzz;

/// <summary>The operating system, but for its disk, which is not waited for: nobody cuts the power here.</summary>
internal sealed class FastSystem : IStoreSystem
{
    public FileStream? TryLock(string path) => StoreSystem.Current.TryLock(path);

    public FileStream OpenLock(string path) => StoreSystem.Current.OpenLock(path);

    public FileStream OpenRead(string path) => StoreSystem.Current.OpenRead(path);

    public void Replace(string from, string to) => StoreSystem.Current.Replace(from, to);

    public void Delete(string path) => StoreSystem.Current.Delete(path);

    public void Flush(FileStream file) => file.Flush();

    public void FlushFolder(string path)
    {
    }

    public void MakeReadOnly(string path) => StoreSystem.Current.MakeReadOnly(path);

    public long? FreeBytes(string folder) => StoreSystem.Current.FreeBytes(folder);
}
