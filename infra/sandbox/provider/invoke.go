package provider

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/schema"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// functions are the functions the sandbox answers, by token.
var functions = map[string]func(*server, property.Map) (map[string]property.Value, error){
	"aws:index/getCallerIdentity:getCallerIdentity":          (*server).callerIdentity,
	"aws:index/getPartition:getPartition":                    (*server).partition,
	"aws:index/getRegion:getRegion":                          (*server).regionData,
	"aws:s3/getObject:getObject":                             (*server).readObject,
	"aws:s3/getObjects:getObjects":                           (*server).listObjects,
	"aws:secretsmanager/getRandomPassword:getRandomPassword": (*server).randomPassword,
	"aws:secretsmanager/getSecretVersion:getSecretVersion":   (*server).secretVersion,

	"gcp:storage/getProjectServiceAccount:getProjectServiceAccount":                 (*server).storageAgent,
	"gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": (*server).transferAgent,
}

func (s *server) invoke(_ context.Context, req p.InvokeRequest) (p.InvokeResponse, error) {
	token := req.Token.String()
	f, err := schema.ForFunction(token)
	if err != nil {
		return p.InvokeResponse{}, err
	}
	if found := f.Args.Check(req.Args); len(found) > 0 {
		return p.InvokeResponse{Failures: failures(found)}, nil
	}
	if err := s.ask(s.called("invoke", s.place(), token, "")); err != nil {
		return p.InvokeResponse{}, fmt.Errorf("invoking %s: %w", token, err)
	}
	results, err := functions[token](s, req.Args)
	if err != nil {
		return p.InvokeResponse{}, fmt.Errorf("invoking %s: %w", token, err)
	}
	answer := req.Args
	for name, value := range results {
		answer = answer.Set(name, value)
	}
	return p.InvokeResponse{Return: answer}, nil
}

func (s *server) callerIdentity(property.Map) (map[string]property.Value, error) {
	return map[string]property.Value{
		"id":        property.New(s.config.account),
		"accountId": property.New(s.config.account),
		"arn":       property.New("arn:aws:iam::" + s.config.account + ":user/haven"),
		"userId":    property.New("AIDAHAVENSANDBOXUSER0"),
	}, nil
}

func (s *server) partition(property.Map) (map[string]property.Value, error) {
	return map[string]property.Value{
		"id":               property.New("aws"),
		"partition":        property.New("aws"),
		"dnsSuffix":        property.New("amazonaws.com"),
		"reverseDnsPrefix": property.New("com.amazonaws"),
	}, nil
}

func (s *server) regionData(args property.Map) (map[string]property.Value, error) {
	name := s.config.region
	if asked := cloud.Text(args, "name"); asked != "" {
		name = asked
	}
	if asked := cloud.Text(args, "endpoint"); asked != "" {
		name = strings.TrimSuffix(strings.TrimPrefix(asked, "ec2."), ".amazonaws.com")
	}
	if !cloud.KnownRegion(name) {
		return nil, fmt.Errorf("no matching EC2 Region found: %q", name)
	}
	return map[string]property.Value{
		"id":          property.New(name),
		"name":        property.New(name),
		"endpoint":    property.New("ec2." + name + ".amazonaws.com"),
		"description": property.New(name),
	}, nil
}

// The classes of characters of a random password:
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
const (
	lowercase   = "abcdefghijklmnopqrstuvwxyz"
	uppercase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numbers     = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

func (s *server) randomPassword(args property.Map) (map[string]property.Value, error) {
	length := 32
	if n := args.Get("passwordLength"); n.IsNumber() {
		length = int(n.AsNumber())
	}
	classes := passwordClasses(args)
	each := args.Get("requireEachIncludedType")
	password, err := makePassword(length, classes, !each.IsBool() || each.AsBool())
	if err != nil {
		return nil, err
	}
	return map[string]property.Value{
		"id":             property.New(s.config.region),
		"randomPassword": property.New(password).WithSecret(true),
	}, nil
}

func passwordClasses(args property.Map) []string {
	var classes []string
	is := func(name string) bool { return args.Get(name).IsBool() && args.Get(name).AsBool() }
	add := func(wanted bool, characters string) {
		kept := strings.Map(func(r rune) rune {
			if strings.ContainsRune(cloud.Text(args, "excludeCharacters"), r) {
				return -1
			}
			return r
		}, characters)
		if wanted && kept != "" {
			classes = append(classes, kept)
		}
	}
	add(!is("excludeLowercase"), lowercase)
	add(!is("excludeUppercase"), uppercase)
	add(!is("excludeNumbers"), numbers)
	add(!is("excludePunctuation"), punctuation)
	add(is("includeSpace"), " ")
	return classes
}

func makePassword(length int, classes []string, each bool) (string, error) {
	if length < 1 || length > 4096 {
		return "", badPassword("Password length should be between 1 and 4096")
	}
	if len(classes) == 0 {
		return "", badPassword("No characters are left to make a password of.")
	}
	if each && length < len(classes) {
		return "", badPassword("Password length is too short for the required character types.")
	}
	characters := make([]byte, length)
	for i := range characters {
		from := strings.Join(classes, "")
		if each && i < len(classes) {
			from = classes[i]
		}
		characters[i] = from[random(len(from))]
	}
	for i := range characters { // so that nobody knows which place holds which class
		j := i + random(length-i)
		characters[i], characters[j] = characters[j], characters[i]
	}
	return string(characters), nil
}

func badPassword(message string) error {
	return cloud.Error{
		Service: "Secrets Manager", Operation: "GetRandomPassword", Code: "InvalidParameterException", Message: message,
	}
}

func random(below int) int {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(below)))
	if err != nil {
		panic(err) // documented never to happen with this reader
	}
	return int(n.Int64())
}
