package cognito

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"haven/infra/dump/users"
)

// Restored says what became of the accounts of a directory.
type Restored struct {
	// Created were made, Kept were there already, and Federated are left to their provider.
	Created   int `json:"created"`
	Kept      int `json:"kept"`
	Federated int `json:"federated"`
}

// Restore makes the groups and the accounts that the pool lacks. Each account gets a password that nobody knows.
func (p *Pool) Restore(ctx context.Context, d *users.Directory) (Restored, error) {
	var done Restored
	for _, group := range d.Groups {
		if err := p.group(ctx, group); err != nil {
			return done, fmt.Errorf("user pool %s: group %q: %w", p.id, group.Name, err)
		}
	}
	for _, user := range d.Users {
		if user.Status == string(types.UserStatusTypeExternalProvider) {
			done.Federated++
			continue
		}
		made, err := p.user(ctx, user)
		if err != nil {
			return done, fmt.Errorf("user pool %s: account %s: %w", p.id, user.Name, err)
		}
		if made {
			done.Created++
		} else {
			done.Kept++
		}
	}
	return done, nil
}

func (p *Pool) group(ctx context.Context, group users.Group) error {
	input := &api.CreateGroupInput{UserPoolId: &p.id, GroupName: &group.Name, Precedence: group.Precedence}
	if group.Description != "" {
		input.Description = &group.Description
	}
	_, err := p.client.CreateGroup(ctx, input)
	if errors.As(err, new(*types.GroupExistsException)) {
		return nil
	}
	return err
}

// user makes an account, and says whether it did. One that a failure left without its password is finished.
func (p *Pool) user(ctx context.Context, user users.User) (bool, error) {
	name := signInName(user)
	_, err := p.client.AdminCreateUser(ctx, &api.AdminCreateUserInput{
		UserPoolId: &p.id, Username: &name, MessageAction: types.MessageActionTypeSuppress, UserAttributes: writable(user),
	})
	made := err == nil
	if errors.As(err, new(*types.UsernameExistsException)) {
		made, err = p.unfinished(ctx, name)
	}
	if err != nil || !made {
		return false, err
	}
	for _, group := range user.Groups {
		_, err := p.client.AdminAddUserToGroup(ctx,
			&api.AdminAddUserToGroupInput{UserPoolId: &p.id, Username: &name, GroupName: &group})
		if err != nil {
			return false, err
		}
	}
	if !user.Enabled {
		_, err := p.client.AdminDisableUser(ctx, &api.AdminDisableUserInput{UserPoolId: &p.id, Username: &name})
		if err != nil {
			return false, err
		}
	}
	// The last step: until then the account is seen to be unfinished.
	_, err = p.client.AdminSetUserPassword(ctx, &api.AdminSetUserPasswordInput{
		UserPoolId: &p.id, Username: &name, Password: aws.String(unknown()), Permanent: true,
	})
	return err == nil, err
}

// unfinished says whether an account that is there waits for its first password.
func (p *Pool) unfinished(ctx context.Context, name string) (bool, error) {
	found, err := p.client.AdminGetUser(ctx, &api.AdminGetUserInput{UserPoolId: &p.id, Username: &name})
	if err != nil {
		return false, err
	}
	return found.UserStatus == types.UserStatusTypeForceChangePassword, nil
}

// signInName is what the account's owner signs in with: the address, where the pool draws the names itself.
func signInName(user users.User) string {
	if email := user.Attributes["email"]; email != "" && user.Name == user.Attributes["sub"] {
		return email
	}
	return user.Name
}

// writable are the attributes that an account can be given: not those that Cognito draws.
func writable(user users.User) []types.AttributeType {
	var all []types.AttributeType
	for _, name := range slices.Sorted(maps.Keys(user.Attributes)) {
		if name == "sub" || name == "identities" || name == "cognito:user_status" || name == "cognito:mfa_enabled" {
			continue
		}
		all = append(all, types.AttributeType{Name: aws.String(name), Value: aws.String(user.Attributes[name])})
	}
	return all
}

// unknown is a password that is kept nowhere: of 128 random bits, with one character of each kind that a policy may
// ask for.
func unknown() string { return rand.Text() + "aA1!" }
