package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"haven/infra/dump/mysql"
)

// settings reads the environment, and collects what is wrong with it. It never repeats a value: some are secret.
type settings struct{ problems []error }

// text is a variable that has to be set.
func (s *settings) text(name string) string {
	value := os.Getenv(name)
	if value == "" {
		s.problem(name, "it is not set")
	}
	return value
}

// optional is a variable, or what stands in for it.
func (s *settings) optional(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// number is a variable with a number of 1 or more.
func (s *settings) number(name, otherwise string) int {
	number, err := strconv.Atoi(s.optional(name, otherwise))
	if err != nil || number < 1 {
		s.problem(name, "expected a number of 1 or more")
	}
	return number
}

func (s *settings) problem(name, text string) {
	s.problems = append(s.problems, fmt.Errorf("%s: %s", name, text))
}

func (s *settings) err() error {
	if len(s.problems) == 0 {
		return nil
	}
	return useError{errors.Join(s.problems...)}
}

// database is the one that the application's own variables name.
func (s *settings) database() mysql.Address {
	return mysql.Address{
		Host:     s.text("DB_HOSTNAME"),
		Port:     s.optional("DB_PORT", "3306"),
		Database: s.text("DB_DATABASE"),
		User:     s.text("DB_USERNAME"),
		Password: os.Getenv("DB_PASSWORD"),
		CA:       os.Getenv("MYSQL_ATTR_SSL_CA"),
	}
}
