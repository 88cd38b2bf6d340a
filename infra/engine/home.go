package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Prepare makes the checkout's own Pulumi home, with the sandbox's plugins and the policy pack in it, its state folder and
// its folder for temporary files. It is safe to call again and at the same time from several processes.
func Prepare(checkout Checkout) error {
	for _, dir := range []string{checkout.Path("state"), checkout.Path("tmp"), checkout.Path("pulumi", "plugins")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("preparing .haven: %w", err)
		}
	}
	if err := roomy(checkout.Path("state")); err != nil {
		return err
	}
	for name, version := range map[string]string{"aws": AWSVersion, "gcp": GCPVersion} {
		dir := checkout.Path("pulumi", "plugins", fmt.Sprintf("resource-%s-v%s", name, version))
		if err := linkSelf(filepath.Join(dir, "pulumi-resource-"+name)); err != nil {
			return fmt.Errorf("installing the sandbox's plugin %s: %w", name, err)
		}
	}
	if err := installPolicies(checkout); err != nil {
		return fmt.Errorf("installing the policy pack: %w", err)
	}
	return withoutLogs(checkout.Path("pulumi", "logs"))
}

// withoutLogs has engines keep no logs of their own, encrypted ones for Pulumi's support with each property in them, which
// are a third of what a preview costs. There is no option for it; an engine does without where their folder cannot be made.
func withoutLogs(folder string) error {
	file, err := os.OpenFile(folder, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("preparing .haven: %w", err)
	}
	return file.Close()
}

// leastRoom is the space that a run may need for states, world and temporary files, in bytes.
const leastRoom = 64 << 20

// roomy refuses a disk that is all but full: the file backend would try again for minutes, and leave states cut off.
func roomy(dir string) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return fmt.Errorf("looking for room in %s: %w", dir, err)
	}
	if free := uint64(disk.Bavail) * uint64(disk.Bsize); free < leastRoom {
		return Problemf("the disk that holds %s has %d MB left, and a run may need %d; %s",
			dir, free>>20, leastRoom>>20, remedies[syscall.ENOSPC])
	}
	return nil
}

// linkSelf makes name a symbolic link to the running haven. A plugin is haven itself under another name, so that it can
// never be of another build than the program.
func linkSelf(name string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if now, err := os.Readlink(name); err == nil && now == self {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	fresh := fmt.Sprintf("%s.%d", name, os.Getpid())
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(self, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, name)
}
