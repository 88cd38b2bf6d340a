package access

import "sync"

// known are the documents that were read before, by their text: the same ones are read for each of many rules and
// proofs, and to read one takes much longer than to judge by it.
var known = documents{most: 10_000, byText: map[string]Document{}}

type documents struct {
	most int
	sync.RWMutex
	byText map[string]Document
}

func (d *documents) get(text string) (Document, bool) {
	d.RLock()
	defer d.RUnlock()
	read, is := d.byText[text]
	return read, is
}

// put forgets all the others when there are too many.
func (d *documents) put(text string, read Document) {
	d.Lock()
	defer d.Unlock()
	if len(d.byText) >= d.most {
		clear(d.byText)
	}
	d.byText[text] = read
}
