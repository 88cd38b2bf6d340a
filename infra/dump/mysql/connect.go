package mysql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Address is a database and who one is there.
type Address struct {
	// Host is a host's name, or the path of a socket; Port is a host's.
	Host string
	Port string
	// Database, User and Password are the database's.
	Database, User, Password string
	// CA is the file of the certificates that vouch for the server. Without it only this machine's servers are reached:
	// a password never crosses a network in clear.
	CA string
}

// connectTimeout is how long a server may take to answer a connection.
const connectTimeout = 15 * time.Second

// Open is a database's pool of sessions, each as this package needs it.
func Open(a Address) (*sql.DB, error) {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = a.User, a.Password, a.Database
	config.Timeout = connectTimeout
	config.MaxAllowedPacket = 0 // whatever the server allows
	config.Logger = &mysql.NopLogger{}
	config.Net, config.Addr = "tcp", net.JoinHostPort(a.Host, a.Port)
	if strings.HasPrefix(a.Host, "/") {
		config.Net, config.Addr = "unix", a.Host
	}
	if err := a.secure(config); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func (a Address) secure(config *mysql.Config) error {
	if a.CA == "" {
		if config.Net == "unix" || net.ParseIP(a.Host).IsLoopback() {
			return nil
		}
		return fmt.Errorf("there is no certificate authority for %s: without one only a server on this machine is used",
			a.Host)
	}
	certificates, err := os.ReadFile(a.CA)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(certificates) {
		return fmt.Errorf("%s has no certificate in it", a.CA)
	}
	config.TLS = &tls.Config{RootCAs: pool, ServerName: a.Host, MinVersion: tls.VersionTLS12}
	return nil
}

// settings are those of each session. Their text is also the dump's own beginning, as far as it is needed to read it.
const (
	nameSetting = "SET NAMES utf8mb4"
	// Values keep their bytes: no conversion on the way out.
	rawSetting  = "SET SESSION character_set_results = NULL"
	zoneSetting = "SET SESSION time_zone = '+00:00'"
	// Everything that a server ever accepted is accepted again.
	modeSetting = "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'"
	// A slow target must not end a session.
	patienceSetting = "SET SESSION net_write_timeout = 3600, net_read_timeout = 3600, wait_timeout = 86400"
)

// session is a connection of its own with these settings.
func session(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	for _, setting := range []string{nameSetting, rawSetting, zoneSetting, modeSetting, patienceSetting} {
		if _, err := conn.ExecContext(ctx, setting); err != nil {
			return nil, errors.Join(err, discard(conn))
		}
	}
	return conn, nil
}

// discard ends a session on the server too: another user of the pool must not inherit its settings and locks.
func discard(conn *sql.Conn) error {
	err := conn.Raw(func(any) error { return driver.ErrBadConn })
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}

// number is the server's number of an error, or zero.
func number(err error) uint16 {
	var refusal *mysql.MySQLError
	if errors.As(err, &refusal) {
		return refusal.Number
	}
	return 0
}

// Numbers of errors. https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
const (
	syntaxError     = 1064
	noSuchTable     = 1146
	packetTooLarge  = 1153
	lockWaitTimeout = 1205
	deadlock        = 1213
)
