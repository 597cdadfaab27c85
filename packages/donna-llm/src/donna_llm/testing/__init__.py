"""The kit that proves a provider: a fake, a contract class, and servers that speak for vendors."""
