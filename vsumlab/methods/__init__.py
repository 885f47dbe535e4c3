"""The methods: one folder each, to be read with its paper at hand."""
