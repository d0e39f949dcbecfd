#!/bin/sh
# node-credentials.sh NODE DIRECTORY: run by an administrator, writes NODE.key, NODE.crt and NODE.kubeconfig
set -eu
node=$1 && cd "$2" && umask 077
openssl req -new -newkey rsa:2048 -nodes -keyout "$node.key" -out "$node.csr" \
  -subj "/O=system:nodes/CN=system:node:$node" 2>/dev/null
kubectl delete csr "vkubelet-$node" --ignore-not-found >&2
kubectl create -f - >&2 <<EOF
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: "vkubelet-$node" }
spec:
  request: $(base64 <"$node.csr" | tr -d '\n')
  signerName: kubernetes.io/kube-apiserver-client-kubelet
  usages: [digital signature, key encipherment, client auth]
EOF
kubectl certificate approve "vkubelet-$node" >&2
kubectl wait --for=jsonpath='{.status.certificate}' csr "vkubelet-$node" --timeout=60s >&2
kubectl get csr "vkubelet-$node" -o jsonpath='{.status.certificate}' | base64 -d >"$node.crt"
kubectl config view --minify --flatten >"$node.kubeconfig"
kubectl --kubeconfig "$node.kubeconfig" config unset users >&2
kubectl --kubeconfig "$node.kubeconfig" config set-credentials node \
  --client-certificate "$PWD/$node.crt" --client-key "$PWD/$node.key" >&2
kubectl --kubeconfig "$node.kubeconfig" config set-context --current --user node >&2
