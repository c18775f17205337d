"""The second factor: a code of an authenticator beside the sign-in, for acts that move money."""
