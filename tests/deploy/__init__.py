"""What is deployed: the image, the chart, plain manifests, compose."""
