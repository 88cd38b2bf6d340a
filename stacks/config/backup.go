package config

import (
	"errors"
	"fmt"

	"haven/components/dump/recipients"
)

// Backup is how the copies of a cell's tenants are made and kept.
type Backup struct {
	// Image is the container image of the program that makes the dumps, built from infra/dump. Outside the environment
	// "demo" it must carry a digest. Default in "demo": an image that nobody has to have.
	Image string `json:"image"`
	// Recipients are the public keys, as `age-keygen -y` prints them, that the secrets in a dump are sealed for: whoever
	// holds one of the identities can restore a tenant with nothing but its dump. The identities are kept outside of AWS
	// and Google Cloud. At least one outside the environment "demo".
	Recipients []string `json:"recipients"`
	// RetentionDays is how long dumps and exported snapshots are kept, 366 to 3653: longer than any tier locks them.
	// Default 400.
	RetentionDays int `json:"retentionDays"`
}

// What the environment "demo" has where its file names nothing else.
const (
	demoDumpImage = "public.ecr.aws/haven-demo/dump:1"
	demoRecipient = "age122af0xkmw9c3qfkhwx064jjzujmpts42s2m0n5nxvfjpp2d4ryjs4cdmep"
)

const (
	minBackupRetentionDays = 366
	maxBackupRetentionDays = 3653
)

// completeForDemo gives the demo an image and a recipient.
func (b *Backup) completeForDemo() {
	if b.Image == "" {
		b.Image = demoDumpImage
	}
	if b.Recipients == nil {
		b.Recipients = []string{demoRecipient}
	}
}

func (c *checker) backup(cell *Cell) {
	const path = "cell.backup."
	backup := cell.Backup
	c.image(path+"image", backup.Image)
	c.digest(path+"image", backup.Image, cell.Environment)
	if len(backup.Recipients) == 0 {
		c.refuse(path+"recipients", "", "at least one public key of age",
			"make an identity with `age-keygen`, keep it safe outside of AWS, and name its public key")
	}
	for i, recipient := range backup.Recipients {
		c.recipient(fmt.Sprintf("%srecipients[%d]", path, i), recipient)
	}
	c.between(path+"retentionDays", backup.RetentionDays, minBackupRetentionDays, maxBackupRetentionDays,
		"leave it out for 400")
}

// recipient is a public key. Where a secret one stands in its place the error does not repeat it.
func (c *checker) recipient(path, recipient string) {
	switch _, err := recipients.Parse(recipient); {
	case errors.Is(err, recipients.ErrSecret):
		c.refuse(path, words("an identity, which is secret"), recipients.Want, "write what `age-keygen -y` prints, and make "+
			"a new identity: this one has been seen")
	case err != nil:
		c.refuse(path, recipient, recipients.Want, "write what `age-keygen -y` prints")
	}
}
