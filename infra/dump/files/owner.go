package files

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// Owner is a user and a group, by their numbers.
type Owner struct{ User, Group int }

// ParseOwner reads UID:GID; nil where nothing is given.
func ParseOwner(text string) (*Owner, error) {
	if text == "" {
		return nil, nil
	}
	user, group, _ := strings.Cut(text, ":")
	var numbers [2]int
	for i, part := range []string{user, group} {
		number, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("%q, expected UID:GID, like 1000:1000", text)
		}
		numbers[i] = int(number)
	}
	return &Owner{numbers[0], numbers[1]}, nil
}

// Take hands a folder over, with all that is in it. Links are handed over and not followed.
func (o *Owner) Take(folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return root.Lchown(path, o.User, o.Group)
	})
}
