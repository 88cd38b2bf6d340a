package sqltext

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// Identifier is a quoted name.
func Identifier(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// Identifiers are quoted names in a row.
func Identifiers(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = Identifier(name)
	}
	return strings.Join(quoted, ",")
}

// String is a quoted string.
func String(value string) string { return string(AppendString(nil, []byte(value))) }

// escapes are the bytes that cannot stand in a quoted string, or not in text: a line break ends a row, and the
// clients refuse a zero byte, drop a carriage return and, on Windows, stop at Control-Z.
// https://dev.mysql.com/doc/refman/8.0/en/string-literals.html
var escapes = [256]byte{0: '0', '\n': 'n', '\r': 'r', 0x1a: 'Z', '\\': '\\', '\'': '\''}

// AppendString appends text in utf8mb4, or in a part of it, as a quoted string.
func AppendString(to, value []byte) []byte {
	to = append(to, '\'')
	for _, b := range value {
		if escape := escapes[b]; escape != 0 {
			to = append(to, '\\', escape)
			continue
		}
		to = append(to, b)
	}
	return append(to, '\'')
}

// AppendBinary appends bytes that are no text, hardly longer than they are: as hexadecimal digits a value of half the
// server's max_allowed_packet could not be brought back.
func AppendBinary(to, value []byte) []byte {
	return AppendString(append(to, "_binary "...), value)
}

// AppendEncoded appends text in any character set, byte by byte as the server keeps it.
func AppendEncoded(to []byte, charset string, value []byte) []byte {
	if len(value) == 0 {
		return append(to, "''"...)
	}
	to = append(append(append(to, '_'), charset...), ' ')
	return AppendBits(to, value)
}

// AppendBits appends bytes as a hexadecimal number.
func AppendBits(to, value []byte) []byte {
	return hex.AppendEncode(append(to, "0x"...), value)
}

// AppendFloat appends a number as a floating-point one: without an exponent it would be a decimal, which knows neither
// a negative zero nor, beyond 65 digits, its own value.
func AppendFloat(to, value []byte) []byte {
	to = append(to, value...)
	if !bytes.ContainsAny(value, "eE") {
		to = append(to, "E0"...)
	}
	return to
}
