package cloud

// CurrentSecret is the version that a secret has now, by the secret's ARN or name:
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html.
func CurrentSecret(world World, account, region, id string) (Resource, error) {
	owner, found := world.Find(secret, account, region, "arn", id)
	if !found {
		owner, found = world.Find(secret, account, region, "name", id)
	}
	if !found {
		return Resource{}, secretNotFound("GetSecretValue")
	}
	for _, version := range world.List(secretVersion, account, region) {
		if of := version.Text("secretId"); of == owner.ID || of == owner.Text("name") {
			return version, nil
		}
	}
	return Resource{}, secretsManager.says("GetSecretValue", "ResourceNotFoundException",
		"Secrets Manager can't find the specified secret value for staging label: AWSCURRENT")
}
