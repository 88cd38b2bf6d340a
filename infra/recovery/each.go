package recovery

import (
	"errors"
	"sync"
)

// each does something for so many, one after the other until one fails, or with AtOnce for all of them side by side: then
// who fails keeps nobody else waiting, and the error has all of them.
func (r *Recovery) each(count int, do func(int) error) error {
	if !r.AtOnce {
		for i := range count {
			if err := do(i); err != nil {
				return err
			}
		}
		return nil
	}
	failures := make([]error, count)
	var working sync.WaitGroup
	for i := range count {
		working.Go(func() { failures[i] = do(i) })
	}
	working.Wait()
	return errors.Join(failures...)
}
