"""The methods: one folder each, readable beside its paper."""
