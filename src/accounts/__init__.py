"""Own accounts, for those without Better Auth: sign-up, sign-in, profile and sign-out."""
