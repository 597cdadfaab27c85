"""The kit that proves an adapter: fakes and one contract class per port."""
