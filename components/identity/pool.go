package identity

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

const (
	passwordLength = 14
	// passwordHistory is how many of the last passwords may not come back: the most that Cognito remembers.
	passwordHistory = 24
	// invitationDays is how long the first password of a new account works.
	invitationDays = 1
)

// userPool is of the feature plan Plus, the only one with threat protection.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
func (b *builder) userPool() error {
	physical := b.args.Scope.Name("users")
	yes, email := pulumi.Bool(true), pulumi.ToStringArray([]string{"email"})
	pool, err := cognito.NewUserPool(b.ctx, b.name+"-pool", &cognito.UserPoolArgs{
		Name:                   pulumi.String(physical),
		UserPoolTier:           pulumi.String("PLUS"),
		DeletionProtection:     pulumi.String(protection(b.args.Protected)),
		UsernameAttributes:     email,
		AutoVerifiedAttributes: email,
		UsernameConfiguration:  cognito.UserPoolUsernameConfigurationArgs{CaseSensitive: pulumi.Bool(false)},
		AdminCreateUserConfig:  cognito.UserPoolAdminCreateUserConfigArgs{AllowAdminCreateUserOnly: yes},
		MfaConfiguration:       pulumi.String("ON"),
		SoftwareTokenMfaConfiguration: cognito.UserPoolSoftwareTokenMfaConfigurationArgs{
			Enabled: yes,
		},
		PasswordPolicy: cognito.UserPoolPasswordPolicyArgs{
			MinimumLength:                 pulumi.Int(passwordLength),
			RequireLowercase:              yes,
			RequireUppercase:              yes,
			RequireNumbers:                yes,
			RequireSymbols:                yes,
			PasswordHistorySize:           pulumi.Int(passwordHistory),
			TemporaryPasswordValidityDays: pulumi.Int(invitationDays),
		},
		AccountRecoverySetting: cognito.UserPoolAccountRecoverySettingArgs{
			RecoveryMechanisms: cognito.UserPoolAccountRecoverySettingRecoveryMechanismArray{
				cognito.UserPoolAccountRecoverySettingRecoveryMechanismArgs{
					Name:     pulumi.String("verified_email"),
					Priority: pulumi.Int(1),
				},
			},
		},
		// A new address counts once its owner has confirmed it, or a stolen session could move the account to another's.
		UserAttributeUpdateSettings: cognito.UserPoolUserAttributeUpdateSettingsArgs{
			AttributesRequireVerificationBeforeUpdates: email,
		},
		UserPoolAddOns: cognito.UserPoolUserPoolAddOnsArgs{
			AdvancedSecurityMode: pulumi.String("ENFORCED"),
			AdvancedSecurityAdditionalFlows: cognito.UserPoolUserPoolAddOnsAdvancedSecurityAdditionalFlowsArgs{
				CustomAuthMode: pulumi.String("ENFORCED"),
			},
		},
		Tags: pulumi.ToStringMap(b.args.Scope.Tags("identity", physical, naming.Confidential)),
	}, b.parent())
	if err != nil {
		return err
	}
	b.pool, b.identity.UserPoolARN = pool, pool.Arn
	return nil
}

func protection(protected bool) string {
	if protected {
		return "ACTIVE"
	}
	return "INACTIVE"
}

// risks says what threat protection does.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html
func (b *builder) risks() error {
	risks := &cognito.RiskConfigurationArgs{
		UserPoolId: b.pool.ID(),
		CompromisedCredentialsRiskConfiguration: cognito.RiskConfigurationCompromisedCredentialsRiskConfigurationArgs{
			EventFilters: pulumi.ToStringArray([]string{"PASSWORD_CHANGE", "SIGN_IN", "SIGN_UP"}),
			Actions: cognito.RiskConfigurationCompromisedCredentialsRiskConfigurationActionsArgs{
				EventAction: pulumi.String("BLOCK"),
			},
		},
	}
	if b.args.NoticesFrom != "" {
		risks.AccountTakeoverRiskConfiguration = takeover(b.args.NoticesFrom)
	}
	_, err := cognito.NewRiskConfiguration(b.ctx, b.name+"-risks", risks, b.parent())
	return err
}

// takeover is what becomes of a sign-in that may not be its owner's. The provider takes no such setting without a
// sender of notices: the owner is told of what is blocked.
// https://www.pulumi.com/registry/packages/aws/api-docs/cognito/riskconfiguration/
func takeover(sender string) cognito.RiskConfigurationAccountTakeoverRiskConfigurationArgs {
	secondFactor, silent := pulumi.String("MFA_REQUIRED"), pulumi.Bool(false)
	return cognito.RiskConfigurationAccountTakeoverRiskConfigurationArgs{
		NotifyConfiguration: cognito.RiskConfigurationAccountTakeoverRiskConfigurationNotifyConfigurationArgs{
			SourceArn: pulumi.String(sender),
		},
		Actions: cognito.RiskConfigurationAccountTakeoverRiskConfigurationActionsArgs{
			LowAction: cognito.RiskConfigurationAccountTakeoverRiskConfigurationActionsLowActionArgs{
				EventAction: secondFactor, Notify: silent,
			},
			MediumAction: cognito.RiskConfigurationAccountTakeoverRiskConfigurationActionsMediumActionArgs{
				EventAction: secondFactor, Notify: silent,
			},
			HighAction: cognito.RiskConfigurationAccountTakeoverRiskConfigurationActionsHighActionArgs{
				EventAction: pulumi.String("BLOCK"), Notify: pulumi.Bool(true),
			},
		},
	}
}

// firewall puts the web ACL before the pool.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-waf.html
func (b *builder) firewall() error {
	if b.args.WebACLARN == nil {
		return nil
	}
	_, err := wafv2.NewWebAclAssociation(b.ctx, b.name+"-firewall", &wafv2.WebAclAssociationArgs{
		ResourceArn: b.pool.Arn,
		WebAclArn:   b.args.WebACLARN,
	}, b.parent())
	return err
}

// domain is where the pool's sign-in page is.
func (b *builder) domain() error {
	domain, err := cognito.NewUserPoolDomain(b.ctx, b.name+"-domain", &cognito.UserPoolDomainArgs{
		UserPoolId: b.pool.ID(),
		Domain:     pulumi.String(domainPrefix(b.args.Scope, b.args.Account)),
	}, b.parent())
	if err != nil {
		return err
	}
	b.identity.Domain = domain.Domain
	return nil
}

// domainPrefix is the same for a stack of an account for ever, and no other's in the world. It is a digest, since a
// prefix may not contain "aws", "amazon" or "cognito" anywhere, which names of customers do ("draws", "laws").
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
func domainPrefix(scope naming.Scope, account string) string {
	sum := sha256.Sum256([]byte(account + "/" + scope.Stack))
	return "haven-" + hex.EncodeToString(sum[:10])
}
