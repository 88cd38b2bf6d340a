package cognito

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	api "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"haven/infra/dump/users"
)

// attempts are how often a request is tried: Cognito answers so many a second to all of an account.
const attempts = 10

// Pool is a user pool.
type Pool struct {
	client *api.Client
	id     string
}

// Open is the user pool of that ID, with the credentials and region of its surroundings.
func Open(ctx context.Context, id string) (*Pool, error) {
	settings, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(attempts))
	if err != nil {
		return nil, err
	}
	return &Pool{client: api.NewFromConfig(settings), id: id}, nil
}

// Read lists all accounts and groups. Who is changed meanwhile is listed as before or after the change.
func (p *Pool) Read(ctx context.Context) (*users.Directory, error) {
	d, err := p.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("user pool %s: %w", p.id, err)
	}
	return d, nil
}

func (p *Pool) read(ctx context.Context) (*users.Directory, error) {
	var d users.Directory
	place := map[string]int{} // of an account in the list, by its name
	accounts := api.NewListUsersPaginator(p.client, &api.ListUsersInput{UserPoolId: &p.id})
	for accounts.HasMorePages() {
		page, err := accounts.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, account := range page.Users {
			place[aws.ToString(account.Username)] = len(d.Users)
			d.Users = append(d.Users, userOf(account))
		}
	}
	groups := api.NewListGroupsPaginator(p.client, &api.ListGroupsInput{UserPoolId: &p.id})
	for groups.HasMorePages() {
		page, err := groups.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, group := range page.Groups {
			d.Groups = append(d.Groups, users.Group{Name: aws.ToString(group.GroupName),
				Description: aws.ToString(group.Description), Precedence: group.Precedence})
		}
	}
	for _, group := range d.Groups {
		if err := p.members(ctx, group.Name, func(name string) {
			if at, listed := place[name]; listed { // or it is newer than the list
				d.Users[at].Groups = append(d.Users[at].Groups, group.Name)
			}
		}); err != nil {
			return nil, err
		}
	}
	return &d, nil
}

func (p *Pool) members(ctx context.Context, group string, take func(name string)) error {
	members := api.NewListUsersInGroupPaginator(p.client, &api.ListUsersInGroupInput{UserPoolId: &p.id, GroupName: &group})
	for members.HasMorePages() {
		page, err := members.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("group %q: %w", group, err)
		}
		for _, member := range page.Users {
			take(aws.ToString(member.Username))
		}
	}
	return nil
}

func userOf(account types.UserType) users.User {
	user := users.User{
		Name: aws.ToString(account.Username), Status: string(account.UserStatus), Enabled: account.Enabled,
		Created: aws.ToTime(account.UserCreateDate).UTC(), Attributes: map[string]string{},
	}
	for _, attribute := range account.Attributes {
		user.Attributes[aws.ToString(attribute.Name)] = aws.ToString(attribute.Value)
	}
	return user
}
